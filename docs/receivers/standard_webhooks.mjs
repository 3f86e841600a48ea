// Verifies requests signed with "signing": {"secret": "whsec_..."} (Standard Webhooks). Node 18, nothing else.
import { createHmac, timingSafeEqual } from "node:crypto";

// Whether `body` (a Buffer, as received) is ours and not older than `tolerance` seconds; headers in lower case.
export function verify(secret, headers, body, tolerance = 300) {
  const timestamp = headers["webhook-timestamp"];
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > tolerance) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const hmac = createHmac("sha256", key).update(`${headers["webhook-id"]}.${timestamp}.`).update(body);
  const expected = Buffer.from(`v1,${hmac.digest("base64")}`);
  return headers["webhook-signature"]
    .split(" ")
    .map((given) => Buffer.from(given))
    .some((given) => given.length === expected.length && timingSafeEqual(given, expected));
}
