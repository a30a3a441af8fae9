/** What a severity looks like without colour. */
export const MARKS = { error: 'x', warning: '!', note: '·' } as const
