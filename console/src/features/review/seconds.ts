/** Seconds: places in a video as people say them. */

/** `1:05` of 65 000 milliseconds. */
export function clockOf(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** What is known of how long a video is. */
export function frameWords(seconds: number): string {
  return seconds > 1
    ? `It lasts ${clockOf(seconds * 1000)}. Silent, and never plays.`
    : 'Silent, and never plays.'
}
