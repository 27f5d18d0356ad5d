/** Told: how far the writing, reading or restoring of a backup is, for whoever wants to show it. */

export interface BackupAt {
  /** `check`: what was restored is held against what the backup says; nothing is counted. */
  readonly step: 'write' | 'read' | 'restore' | 'check'
  /** Rows while it writes, else bytes of the file. */
  readonly done: number
  /** Of about so many. */
  readonly total: number
}

export type Told = (at: BackupAt) => void
