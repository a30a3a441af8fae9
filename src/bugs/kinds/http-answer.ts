import { Buffer } from 'node:buffer'
import { type Bug, JOIN_GROUP } from '../bug.ts'

export const httpAnswer: Bug = {
  name: 'http-answer',
  does: 'an HTTP error instead of it, as from a web server on that port',
  cause: null,
  usual: JOIN_GROUP,
  takesPath: false,
  plant: () => Buffer.from('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n', 'latin1'),
}
