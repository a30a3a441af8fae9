/** Conversations that several tests begin with, and what is found in them. */
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { type Client, Conversation } from './conversation.ts'

const docs = readFileSync('docs/FINDINGS.md', 'utf8')

/** Codes of what is found in groups; causes must be in the docs. */
export function codesOf(talk: Conversation): string[] {
  const { codes, found } = talk.end()
  for (const { causes } of found)
    for (const { cause } of causes) expect(docs, `${cause} is in the docs`).toContain(`\`${cause}\``)
  return codes
}

/** One member, alone and stable in generation 1. */
export function alone(): { talk: Conversation; a: Client } {
  const talk = new Conversation()
  const a = talk.client('a').join('a-1')
  talk.wait(3000)
  a.joined(1, 'a-1', 'a-1', ['a-1'])
    .sync(1, 'a-1', { 'a-1': { t: [0, 1] } })
    .synced({ t: [0, 1] })
  return { talk, a }
}

/** Two members, stable in generation 2; a leads. */
export function pair(): { talk: Conversation; a: Client; b: Client } {
  const { talk, a } = alone()
  const b = talk.client('b').join('b-1')
  a.beat(1, 'a-1', 27).join('a-1')
  b.joined(2, 'a-1', 'b-1')
  a.joined(2, 'a-1', 'a-1', ['a-1', 'b-1'])
  b.sync(2, 'b-1')
  a.sync(2, 'a-1', { 'a-1': { t: [0] }, 'b-1': { t: [1] } })
  a.synced({ t: [0] })
  b.synced({ t: [1] })
  a.beat(2, 'a-1')
  b.beat(2, 'b-1')
  return { talk, a, b }
}
