/**
 * Early data of TLS 1.3 (0-RTT; RFC 8446, 2.3 and 4.2.10): what a client that resumes sends right behind its
 * ClientHello, under a key of its own. Whether the broker took it only its EncryptedExtensions say, and what it did not
 * take the client sends again: until they are read, records of the client wait.
 *
 *     none    offered ──EncryptedExtensions──▶ accepted, refused
 *                └──HelloRetryRequest, an older version──▶ refused
 *                └──the answer was not read──▶ unknown
 */

export type EarlyState = 'none' | 'offered' | 'accepted' | 'refused' | 'unknown'

/** Records that are passed over. */
const MAX_SKIPPED = 10_000

export class EarlyData {
  state: EarlyState = 'none'
  private skipped = 0

  /** A ClientHello; of two (HelloRetryRequest) the first decides. */
  offer(earlyData: boolean): void {
    if (earlyData && this.state === 'none') this.state = 'offered'
  }

  /** The broker's answer, where one is awaited. */
  answer(state: 'accepted' | 'refused' | 'unknown'): boolean {
    if (this.state !== 'offered') return false
    this.state = state
    return true
  }

  /** Whether a record of the client that does not decrypt may be early data, to be passed over. */
  skips(): boolean {
    return this.state !== 'none' && ++this.skipped <= MAX_SKIPPED
  }
}
