/** What went wrong with a file or an address, in plain words and on one line. */
import { safe, safeShort } from '../bytes/safe-text.ts'

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is no folder',
  EACCES: 'not allowed',
  EPERM: 'not allowed',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EFBIG: 'it would be larger than a file may be',
  EIO: 'the device failed',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its links lead in a circle',
  EADDRINUSE: 'the port is in use',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the host name can not be looked up now',
  // OpenSSL names what it missed, not what it was given.
  ERR_OSSL_PEM_NO_START_LINE: 'no PEM file: there is no -----BEGIN line',
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: 'the key is not the one of the certificate',
}

/** Messages of OpenSSL and the like can quote what they were given. */
const MAX_PROBLEM = 300

/** `there is no such file or folder (ENOENT)`; the message itself of what is no error of the system. */
export function problemText(error: unknown): string {
  if (!(error instanceof Error)) return safeShort(String(error), MAX_PROBLEM)
  const { code, message } = error as NodeJS.ErrnoException
  const words = code === undefined ? undefined : WORDS[code]
  if (words) return code!.startsWith('ERR_') ? words : `${words} (${code})`
  return safeShort(message, MAX_PROBLEM)
}

/** A file's name as it may be shown: names can hold line ends and escapes. */
export const fileText = (path: string): string => safe(path)

/** What is wrong with a filter, and where: `character 8: ...`, for a line that says already that it is one. */
export const filterProblem = (error: unknown): string => problemText(error).replace(/^filter, /, '')
