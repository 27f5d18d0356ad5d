/** Pictures: generated scenes written as files. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { asFile, type Edit, edited } from '#scenes/edit'
import { type Scene, scene } from '#scenes/scene'

const made = new Map<number, Scene>()

/** The small scene of a number, made once. */
function smallScene(number: number): Scene {
  const had = made.get(number)
  if (had) return had
  const one = scene(number, 160, 120)
  made.set(number, one)
  return one
}

/** Writes the scene of a number as a JPEG, or an edit of it, below a folder. Returns its path. */
export async function picture(folder: string, name: string, number: number, edit?: Edit): Promise<string> {
  const from = smallScene(number)
  const { bytes } = edit ? await edited(from, edit, 0.2) : await asFile(from)
  const path = join(folder, name)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, bytes)
  return path
}
