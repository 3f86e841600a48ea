'use strict'
// A real Minecraft server with the console of a vanilla one, which MCDReforged starts. It runs in its working directory.
//
// Its clients get what the commands say, in real packets: tellraw, title, bossbar, playsound, say. Further it obeys
// stop, save-all [flush], save-on, save-off and list. As with tests' stand-in, "fake TEXT" prints TEXT as a line of the
// server. The address is in its line "Starting Minecraft server on 127.0.0.1:PORT".

const crypto = require('crypto')
const fs = require('fs')
const { PassThrough } = require('stream')

const lines = require('readline').createInterface({ input: process.stdin })
const ignored = new PassThrough()
ignored.resume()
// The library reads commands and writes its own log there
Object.defineProperty(process, 'stdin', { value: new PassThrough() })
Object.defineProperty(process, 'stdout', { value: ignored })
console.log = () => {}

const modules = require('./modules')
const squid = modules.require('flying-squid')

const NOBODY = '00000000-0000-0000-0000-000000000000'
const COLOURS = ['pink', 'blue', 'red', 'green', 'yellow', 'purple', 'white']
const STYLES = ['progress', 'notched_6', 'notched_10', 'notched_12', 'notched_20']
const CATEGORIES = ['master', 'music', 'record', 'weather', 'block', 'hostile', 'neutral', 'player', 'ambient', 'voice']

const bars = new Map()

function print (text, level = 'INFO') {
  const stamp = new Date().toTimeString().slice(0, 8)
  for (const line of String(text).split('\n')) fs.writeSync(1, `[${stamp}] [Server thread/${level}]: ${line}\n`)
}

function component (text) { // as vanilla: a text that is no component is an error
  const parsed = JSON.parse(text)
  if (!['string', 'object'].includes(typeof parsed) || parsed === null) throw new Error('not a text component')
  return JSON.stringify(parsed)
}

function split (text, most) {
  const words = []
  let rest = text
  while (words.length < most - 1 && rest.includes(' ')) {
    const at = rest.indexOf(' ')
    words.push(rest.slice(0, at))
    rest = rest.slice(at + 1)
  }
  return [...words, rest]
}

function targets (serv, who) {
  const found = who === '@a' ? [...serv.players] : serv.players.filter(player => player.username === who)
  if (!found.length) throw new Error('No player was found')
  return found
}

function tellraw (serv, rest) {
  const [who, text] = split(rest, 2)
  const message = component(text)
  for (const player of targets(serv, who)) player._client.write('chat', { message, position: 1, sender: NOBODY })
}

function title (serv, rest) {
  const [who, what, value] = split(rest, 3)
  const packets = {
    title: () => ({ action: 0, text: component(value) }),
    subtitle: () => ({ action: 1, text: component(value) }),
    actionbar: () => ({ action: 2, text: component(value) }),
    times: () => {
      const [fadeIn, stay, fadeOut] = value.split(' ').map(Number)
      return { action: 3, fadeIn, stay, fadeOut }
    },
    clear: () => ({ action: 4 }),
    reset: () => ({ action: 5 })
  }
  if (!packets[what]) throw new Error(`Incorrect argument for command: ${what}`)
  for (const player of targets(serv, who)) player._client.write('title', packets[what]())
}

function bossbar (serv, rest) {
  const [verb, id, third] = split(rest, 3)
  if (!/^([a-z0-9_.-]+:)?[a-z0-9_./-]+$/.test(id || '')) throw new Error(`Invalid name or id: ${id}`)
  if (verb === 'add') {
    if (bars.has(id)) throw new Error(`A bossbar already exists with the ID '${id}'`)
    bars.set(id, { uuid: crypto.randomUUID(), title: component(third), value: 0, max: 100, color: 'white', style: 'progress', players: [] })
    return
  }
  const bar = bars.get(id)
  if (!bar) throw new Error(`No bossbar exists with the ID '${id}'`)
  if (verb === 'remove') {
    show(serv, bar, [])
    bars.delete(id)
    return
  }
  const [what, value] = split(third, 2)
  const set = {
    players: () => show(serv, bar, value ? targets(serv, value) : []),
    name: () => { bar.title = component(value) },
    color: () => { bar.color = value },
    style: () => { bar.style = value },
    value: () => { bar.value = Number(value) },
    max: () => { bar.max = Number(value) },
    visible: () => {}
  }
  if (verb !== 'set' || !set[what]) throw new Error(`Incorrect argument for command: ${verb} ${what}`)
  set[what]()
  if (what !== 'players') for (const player of online(serv, bar.players)) player._client.write('boss_bar', added(bar))
}

function online (serv, players) {
  return players.filter(player => serv.players.includes(player))
}

function added (bar) {
  const look = { color: COLOURS.indexOf(bar.color), dividers: STYLES.indexOf(bar.style), flags: 0 }
  return { entityUUID: bar.uuid, action: 0, title: bar.title, health: bar.value / bar.max, ...look }
}

function show (serv, bar, players) {
  for (const player of online(serv, bar.players)) {
    if (!players.includes(player)) player._client.write('boss_bar', { entityUUID: bar.uuid, action: 1 })
  }
  for (const player of players) {
    if (!bar.players.includes(player)) player._client.write('boss_bar', added(bar))
  }
  bar.players = players
}

function playsound (serv, rest) {
  const [sound, category, who] = rest.split(' ')
  if (!/^[a-z0-9_.:/-]+$/.test(sound) || !CATEGORIES.includes(category)) throw new Error('Incorrect argument for command')
  for (const player of targets(serv, who)) {
    const at = { x: 0, y: 0, z: 0, volume: 1, pitch: 1 }
    player._client.write('named_sound_effect', { soundName: sound, soundCategory: CATEGORIES.indexOf(category), ...at })
  }
}

function say (serv, text) {
  print(`[Server] ${text}`)
  const message = JSON.stringify({ text: `[Server] ${text}` })
  for (const player of serv.players) player._client.write('chat', { message, position: 1, sender: NOBODY })
}

function stop (serv) {
  print('Stopping the server')
  for (const player of [...serv.players]) player.kick('Server closed')
  const until = Date.now() + 2000
  const timer = setInterval(() => { // until the clients know of it
    if (serv.players.length && Date.now() < until) return
    clearInterval(timer)
    print('ThreadedAnvilChunkStorage: All dimensions are saved')
    process.exit(0)
  }, 20)
}

const commands = {
  tellraw,
  title,
  bossbar,
  playsound,
  say,
  stop,
  fake: (_serv, text) => print(text),
  list: serv => {
    const names = serv.players.map(player => player.username)
    print(`There are ${names.length} of a max of 20 players online: ${names.join(', ')}`)
  },
  'save-all': () => print('Saving the game (this may take a moment!)\nSaved the game'),
  'save-off': () => print('Automatic saving is now disabled'),
  'save-on': () => print('Automatic saving is now enabled')
}

function obey (serv, line) {
  const atAPlayer = 'execute at @p run ' // how MCDReforged sends tellraw; without a player nothing runs
  if (line.startsWith(atAPlayer)) {
    if (!serv.players.length) return
    line = line.slice(atAPlayer.length)
  }
  const [name, rest] = split(line, 2)
  try {
    if (!commands[name]) throw new Error('Unknown or incomplete command, see below for error')
    commands[name](serv, rest || '')
  } catch (error) {
    print(`${error.message}\n${line.slice(0, 300)}<--[HERE]`)
  }
}

function follow (player) {
  player.on('connected', () => {
    print(`${player.username}[/127.0.0.1:1] logged in with entity id ${player.id} at (0.5, 64.0, 0.5)`)
    print(`${player.username} joined the game`)
  })
  player.on('chat', ({ message }) => print(`<${player.username}> ${message}`))
  player.on('disconnected', () => print(`${player.username} left the game`))
}

function main () {
  print(`Starting minecraft server version ${modules.VERSION}`)
  const world = 'world'
  fs.mkdirSync(world, { recursive: true })
  const serv = squid.createMCServer({
    host: '127.0.0.1',
    port: 0,
    version: modules.VERSION,
    motd: 'a server of tests',
    'max-players': 20,
    'online-mode': false,
    logging: false,
    noConsoleOutput: true,
    gameMode: 1,
    difficulty: 0,
    worldFolder: undefined,
    generation: { name: 'superflat', options: { worldHeight: 80 } },
    kickTimeout: 30000,
    plugins: {},
    modpe: false,
    'view-distance': 2,
    'player-list-text': { header: { text: '' }, footer: { text: '' } },
    'everybody-op': false,
    'max-entities': 10
  })
  serv.on('newPlayer', follow)
  serv.on('error', error => print(error.stack, 'ERROR'))
  serv.on('ready', () => {
    print(`Starting Minecraft server on 127.0.0.1:${serv.listeningPort}`)
    print('Done (1.0s)! For help, type "help"')
  })
  lines.on('line', line => obey(serv, line.trim()))
  lines.on('close', () => process.exit(0))
}

main()
