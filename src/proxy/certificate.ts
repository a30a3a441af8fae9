/** A certificate for this run, signed by a CA of this run: nothing that outlives the proxy can be abused. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { hostname, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { ClientTls } from './tls.ts'

const DAY_MS = 86_400_000

export interface MadeCertificate extends ClientTls {
  /** What clients must trust, PEM. Its key is not kept. */
  readonly ca: string
}

/** Makes a CA and a certificate for these hosts (names or addresses) and this machine's own names. Takes 20 ms. */
export async function makeCertificate(hosts: readonly string[]): Promise<MadeCertificate> {
  const { generate } = await import('selfsigned')
  const dates = { notBeforeDate: new Date(Date.now() - DAY_MS), notAfterDate: new Date(Date.now() + 30 * DAY_MS) }
  // A name of its own: two CAs of one name make every error about them a riddle.
  const name = `kafkascope CA ${randomBytes(4).toString('hex')}`
  const ca = await generate([{ name: 'commonName', value: name }], {
    ...dates,
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  })
  const names = new Set(['localhost', '127.0.0.1', '::1', hostname(), ...hosts])
  const leaf = await generate([{ name: 'commonName', value: 'kafkascope' }], {
    ...dates,
    keyType: 'ec',
    algorithm: 'sha256',
    ca: { key: ca.private, cert: ca.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [...names].map((name) => (isIP(name) ? { type: 7, ip: name } : { type: 2, value: name })),
      },
    ],
  })
  return { cert: leaf.cert, key: leaf.private, ca: ca.cert }
}

/** Writes the CA to a new file in a folder of its own and returns the file's path. */
export function writeCa(ca: string, file = join(mkdtempSync(join(tmpdir(), 'kafkascope-')), 'ca.pem')): string {
  writeFileSync(file, ca, { mode: 0o600 })
  return file
}

/** Removes a CA that `writeCa` put into a folder of its own, with the folder. Never throws. */
export function removeCa(file: string): void {
  try {
    rmSync(dirname(file), { recursive: true, force: true })
  } catch {
    // It is a CA without a key, good for a month at most: no harm where it stays.
  }
}
