import { type Bug, JOIN_GROUP } from '../bug.ts'

export const noAnswer: Bug = {
  name: 'no-answer',
  does: 'is not sent, the connection stays open',
  cause: null,
  usual: JOIN_GROUP,
  takesPath: false,
  plant: () => 'nothing',
}
