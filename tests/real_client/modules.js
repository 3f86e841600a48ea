'use strict'
// The installed modules: beside this file, or where PRIME_NOTIFY_NODE_MODULES says.

const { createRequire } = require('module')
const path = require('path')

const folder = process.env.PRIME_NOTIFY_NODE_MODULES || path.join(__dirname, 'node_modules')

module.exports = {
  require: createRequire(path.join(folder, 'of-the-tests.js')),
  VERSION: '1.16.5' // the newest whose server sends every component of a chat message unchanged
}
