/** A Buffer's bytes as an Uint8Array, whose slices are copies, as all others that a session is given. */
export const plainBytes = ({ buffer, byteOffset, length }: Uint8Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, length)
