/** What the handshake of a connection showed. */
export interface TlsInfo {
  readonly connection: number
  readonly client: string
  readonly broker: string
  /** The name that the client asked for. */
  readonly serverName: string | null
  /** Application protocols that the client offers (ALPN): none of Kafka's clients does. */
  readonly protocols: readonly string[]
  /** `TLS 1.3`; null where no ServerHello was seen. */
  readonly version: string | null
  readonly cipher: string | null
  readonly decrypted: boolean
  /** Why it is not decrypted, or not to its end; null where it is. */
  readonly problem: string | null
}
