/** Bad input or a bad command line: one line for people, exit status 2. */
export class CliError extends Error {}
