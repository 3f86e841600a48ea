// Verifies requests signed with "signing": {"scheme": "feishu", "secret": "..."}. Node 18, nothing else.
import { createHash, timingSafeEqual } from "node:crypto";

// Whether `body` (a Buffer, as received) is ours and not older than `tolerance` seconds; headers in lower case.
export function verify(key, headers, body, tolerance = 300) {
  const timestamp = headers["x-lark-request-timestamp"];
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > tolerance) return false;
  const hash = createHash("sha256").update(timestamp + headers["x-lark-request-nonce"] + key).update(body);
  const [expected, given] = [Buffer.from(hash.digest("hex")), Buffer.from(headers["x-lark-signature"])];
  return given.length === expected.length && timingSafeEqual(given, expected);
}
