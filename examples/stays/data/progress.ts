/** Tells how far a long task has come: a bar on a terminal, a line every tenth elsewhere. */
export interface Progress {
  /** @param share 0 … 1 */
  update(share: number, what: string): void
  done(what: string): void
}

const BAR_WIDTH = 30

export function createProgress(title: string, out: NodeJS.WriteStream = process.stderr): Progress {
  return out.isTTY ? bar(title, out) : lines(title, out)
}

export const silentProgress: Progress = { update: () => undefined, done: () => undefined }

function bar(title: string, out: NodeJS.WriteStream): Progress {
  const draw = (text: string): void => void out.write(`\r\x1b[2K${text}`)
  return {
    update: (share, what) => {
      const filled = Math.round(share * BAR_WIDTH)
      const drawn = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled)
      draw(`${title} ${drawn} ${percent(share)} ${what}`)
    },
    done: (what) => draw(`${title}: ${what}\n`),
  }
}

function lines(title: string, out: NodeJS.WriteStream): Progress {
  let lastTenth = -1
  return {
    update: (share, what) => {
      const tenth = Math.floor(share * 10)
      if (tenth === lastTenth) return
      lastTenth = tenth
      out.write(`${title}: ${percent(share)} ${what}\n`)
    },
    done: (what) => void out.write(`${title}: ${what}\n`),
  }
}

function percent(share: number): string {
  return `${Math.floor(share * 100)} %`.padStart(5)
}
