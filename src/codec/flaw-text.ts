import type { Flaw } from './run.ts'

/** What is wrong with a field, as half a sentence: `topics claims 9 elements, 2 bytes are left`. */
export function flawText(flaw: Flaw, field: string): string {
  const { wanted, had } = flaw
  switch (flaw.code) {
    case 'underflow':
      return `${field} wants ${wanted} bytes, ${had} are left`
    case 'length':
      return `${field} claims ${wanted} bytes, ${had} are left`
    case 'count':
      return `${field} claims ${wanted} elements, ${had} bytes are left`
    case 'negative':
      return `${field} has the length ${wanted}`
    case 'null':
      return `${field} is null, which it may not be`
    case 'boolean':
      return `${field} is neither 0 nor 1`
    case 'utf8':
      return `${field} is no UTF-8`
    case 'string-size':
      return `${field} has ${wanted} bytes, more than Kafka's readers take`
    case 'varint':
      return `${field} has a varint that does not end`
    case 'varint-size':
      return `${field} has a varint longer than its value needs`
    case 'tag-order':
    case 'tag-twice':
    case 'tag-version':
    case 'tag-size':
      return `tag ${wanted} of ${field} is out of place`
    case 'trailing':
      return `${wanted} bytes follow its end`
    case 'limit':
      return 'it has more fields than are kept'
  }
}
