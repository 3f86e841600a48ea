'use strict'
// A player: node player.js PORT NAME. One JSON object per line: commands on stdin, what the player gets on stdout.
//
// Commands: {"do": "chat", "text": …}, {"do": "leave"}.
// Events: joined; chat (text, component); title (part: title, subtitle, actionbar or times); bar (id, title, or removed);
// sound (name); left (reason). "text" is what the client shows, "component" is what came.

const fs = require('fs')

const modules = require('./modules')
const mineflayer = modules.require('mineflayer')
const ChatMessage = modules.require('prismarine-chat')(modules.VERSION)

const PARTS = ['title', 'subtitle', 'actionbar']

function tell (event, values = {}) {
  fs.writeSync(1, JSON.stringify({ event, ...values }) + '\n')
}

function shown (text) {
  const component = JSON.parse(text)
  return { text: new ChatMessage(component).toString(), component }
}

const [port, username] = process.argv.slice(2)
const bot = mineflayer.createBot({
  host: '127.0.0.1',
  port: Number(port),
  username,
  auth: 'offline',
  version: modules.VERSION,
  viewDistance: 'tiny',
  physicsEnabled: false
})

bot.once('spawn', () => tell('joined'))
bot.on('kicked', reason => tell('kicked', { reason: String(reason) }))
bot.on('error', error => tell('error', { reason: String(error) }))
bot.on('end', reason => {
  tell('left', { reason: String(reason) })
  process.exit(0)
})
bot._client.on('chat', packet => tell('chat', { position: packet.position, ...shown(packet.message) }))
bot._client.on('title', packet => {
  if (packet.action < 3) tell('title', { part: PARTS[packet.action], ...shown(packet.text) })
  else if (packet.action === 3) tell('title', { part: 'times', times: [packet.fadeIn, packet.stay, packet.fadeOut] })
})
bot._client.on('boss_bar', packet => {
  if (packet.action === 0) {
    const { entityUUID: id, health, color } = packet
    tell('bar', { id, removed: false, health, color, ...shown(packet.title) })
  } else if (packet.action === 1) tell('bar', { id: packet.entityUUID, removed: true })
})
bot._client.on('named_sound_effect', packet => tell('sound', { name: packet.soundName }))

require('readline').createInterface({ input: process.stdin }).on('line', line => {
  const command = JSON.parse(line)
  if (command.do === 'chat') bot.chat(command.text)
  else bot.quit()
}).on('close', () => process.exit(0))
