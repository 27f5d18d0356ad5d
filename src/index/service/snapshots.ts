/** Snapshots: when one is opened, and when one is saved. */
import type { Contents } from './contents.ts'
import type { FollowingOptions } from './following.ts'

export async function openedContents(
  _options: FollowingOptions,
  _log: (level: 'info' | 'warn', note: string) => void,
): Promise<Contents | undefined> {
  return undefined
}
export class Snapshots {
  saved(_number: number): void {}
  wanted(): void {}
  changed(_rows: number): void {}
  begin(_contents: Contents): (() => Promise<void>) | undefined {
    return undefined
  }
  async saveAtEnd(_contents: Contents): Promise<void> {}
}
