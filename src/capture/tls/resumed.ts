/** Master secrets of TLS 1.2 sessions that were seen, by session id or ticket (hex), the newest kept. */
export class ResumedSessions {
  private readonly secrets = new Map<string, Uint8Array>()
  private readonly max: number

  constructor(max = 10_000) {
    this.max = max
  }

  remember(name: string, master: Uint8Array): void {
    // Tickets are a few hundred bytes; with certificates in them some kilobytes.
    if (name === '' || name.length > 16_384) return
    this.secrets.delete(name)
    this.secrets.set(name, master)
    if (this.secrets.size <= this.max) return
    for (const oldest of this.secrets.keys()) {
      this.secrets.delete(oldest)
      break
    }
  }

  find(name: string): Uint8Array | null {
    return name === '' ? null : (this.secrets.get(name) ?? null)
  }
}
