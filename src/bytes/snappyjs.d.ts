/** snappyjs 0.7.0 ships no types; we only write with it. */
declare module 'snappyjs' {
  export function compress(bytes: Uint8Array): Uint8Array
}
