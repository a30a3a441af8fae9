/** SaslHandshake and SaslAuthenticate, as the connection's login answers them; without logins they come at a wrong time. */
import { errorCode } from '../../../dissectors/errors.ts'
import type { Handler } from '../api.ts'
import { SASL_AUTHENTICATE, SASL_HANDSHAKE } from '../sasl.ts'

export const saslHandshake: Handler<{ readonly mechanism: string }> = {
  apiKey: SASL_HANDSHAKE,
  versions: [0, 1],
  handle: ({ mechanism }, { login, version }) =>
    login?.handshake(mechanism, version) ?? { errorCode: errorCode('ILLEGAL_SASL_STATE'), mechanisms: [] },
}

export const saslAuthenticate: Handler<{ readonly authBytes: Uint8Array }> = {
  apiKey: SASL_AUTHENTICATE,
  versions: [0, 2],
  handle: ({ authBytes }, { login }) =>
    login?.authenticate(authBytes) ?? {
      errorCode: errorCode('ILLEGAL_SASL_STATE'),
      errorMessage: 'SaslAuthenticate request received after successful authentication',
      authBytes: new Uint8Array(0),
    },
}
