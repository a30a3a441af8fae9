/** Files that options name: certificates, users. */
import { readFileSync } from 'node:fs'
import { CliError } from './errors.ts'
import { fileText, problemText } from './problem.ts'

/** A file's text. Throws CliError that names the option and the file. */
export function optionFile(command: string, option: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new CliError(`${command}: ${option}: ${problemText(error)}: ${fileText(file)}`)
  }
}
