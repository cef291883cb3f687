// A personal data server of Bluesky with its own directory of identities, for tests: loopback only, no network needed.
// Ports and folder come from the environment; SIGTERM ends both.
'use strict'
const http = require('node:http')
const path = require('node:path')

// Both servers listen on every interface unless told otherwise, and neither can be told.
const listen = http.Server.prototype.listen
http.Server.prototype.listen = function (port, ...rest) {
  return typeof port === 'number' && typeof rest[0] !== 'string'
    ? listen.call(this, port, '127.0.0.1', ...rest)
    : listen.call(this, port, ...rest)
}

const plc = require('@did-plc/server')
const { PDS, envToCfg, envToSecrets } = require('@atproto/pds')
const { Secp256k1Keypair } = require('@atproto/crypto')

async function main() {
  const port = Number(process.env.PDS_PORT)
  const directoryPort = Number(process.env.PLC_PORT)
  const folder = process.env.PDS_FOLDER
  const directory = plc.PlcServer.create({ db: plc.Database.mock(), port: directoryPort })
  await directory.start()
  const key = await Secp256k1Keypair.create({ exportable: true })
  const env = {
    devMode: true,
    port,
    hostname: 'localhost',
    dataDirectory: folder,
    blobstoreDiskLocation: path.join(folder, 'blobs'),
    didPlcUrl: `http://localhost:${directoryPort}`,
    adminPassword: 'only-here',
    jwtSecret: 'only-here',
    serviceHandleDomains: ['.test'],
    bskyAppViewUrl: 'https://nowhere.invalid',
    bskyAppViewDid: 'did:example:nowhere',
    modServiceUrl: 'https://nowhere.invalid',
    modServiceDid: 'did:example:nowhere',
    plcRotationKeyK256PrivateKeyHex: Buffer.from(await key.export()).toString('hex'),
    inviteRequired: false,
    disableSsrfProtection: true,
    rateLimitsEnabled: true,
  }
  const server = await PDS.create(envToCfg(env), envToSecrets(env))
  await server.start()
  const stop = async () => {
    await server.destroy()
    await directory.destroy()
    process.exit(0)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
