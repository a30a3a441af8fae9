/** Requests of any API at any version to a real socket, one at a time. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { FrameSplitter } from '../../src/bytes/frame-splitter.ts'
import type { Encodable } from '../../src/codec/encode.ts'
import { answerBody, type Body, requestFrame } from '../broker/helpers.ts'

export class RawClient {
  private readonly socket: Socket
  private readonly splitter = new FrameSplitter(64 * 1024 * 1024)
  private readonly frames: Uint8Array[] = []
  private wake: () => void = () => {}
  private correlationId = 0
  private closed = false

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (bytes) => {
      this.frames.push(...this.splitter.push(bytes))
      this.wake()
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.closed = true
      this.wake()
    })
  }

  /** `address` is host:port. */
  static async connect(address: string): Promise<RawClient> {
    const at = address.lastIndexOf(':')
    const socket = connect({ host: address.slice(0, at), port: Number(address.slice(at + 1)), noDelay: true })
    await once(socket, 'connect')
    return new RawClient(socket)
  }

  /** The answer's body; throws where the connection was closed instead. */
  async ask(api: string, version: number, body: Encodable): Promise<Body> {
    this.socket.write(requestFrame(api, version, body, ++this.correlationId))
    while (this.frames.length === 0) {
      if (this.closed) throw new Error(`${api} v${version}: the connection was closed`)
      await new Promise<void>((resolve) => {
        this.wake = resolve
      })
    }
    return answerBody(api, version, this.frames.shift()!)
  }

  close(): void {
    this.socket.destroy()
  }
}

/** A coordinator that is loading, is not there yet, or is another node for the moment. */
const NOT_YET = /"errorCode":1[456][,}]/

/** Asks a new broker until its coordinators have come to be by being asked for; gives up after ten seconds. */
export async function untilCoordinated(ask: () => Promise<Body>): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (!NOT_YET.test(JSON.stringify(await ask()))) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
