/** Shown: pixels of a viewing while they are on the screen: drawn, never linked, and wiped when they go. */
import { useEffect, useRef } from 'react'
import { levelWords } from './levels.ts'
import type { OpenLook, Shot } from './looking.ts'
import { clockOf } from './seconds.ts'

export function Shown({ open }: { readonly open: OpenLook }) {
  const { shots, level } = open
  return (
    <div className="shown" data-level={level} data-strip={shots.length > 1}>
      {shots.map((shot, at) => (
        <figure key={`${open.viewing} ${shot.milliseconds ?? at}`}>
          <Drawn shot={shot} words={wordsOf(open, shot)} />
          {shot.milliseconds !== undefined && <figcaption>{clockOf(shot.milliseconds)}</figcaption>}
        </figure>
      ))}
    </div>
  )
}

function wordsOf({ level, item }: OpenLook, { milliseconds }: Shot): string {
  const at = milliseconds === undefined ? '' : ` at ${clockOf(milliseconds)}`
  return `${levelWords[level].title} of ${item}${at}`
}

/** One picture on a canvas of its own size: it has no address, and cannot be dragged or saved as one. */
function Drawn({ shot, words }: { readonly shot: Shot; readonly words: string }) {
  const place = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const canvas = place.current
    if (!canvas) return
    let isGone = false
    void createImageBitmap(shot.bytes).then((bitmap) => {
      if (!isGone) {
        canvas.width = bitmap.width
        canvas.height = bitmap.height
        canvas.getContext('2d')?.drawImage(bitmap, 0, 0)
        canvas.dataset['drawn'] = 'yes'
      }
      bitmap.close()
    })
    return () => {
      isGone = true
      // A canvas without a size holds no pixel, whoever still holds the canvas.
      canvas.width = 0
      canvas.height = 0
    }
  }, [shot])
  return (
    <canvas
      ref={place}
      role="img"
      aria-label={words}
      width={0}
      height={0}
      draggable={false}
      onContextMenu={(event) => event.preventDefault()}
      onDragStart={(event) => event.preventDefault()}
    />
  )
}
