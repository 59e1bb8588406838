/*
 * Certificates for TLS tests, made by openssl when they are asked for: none in the repository, none
 * that runs out between two releases.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeAtExit } from './children.ts'

/** A certificate and its key, as files and as text. */
export interface Certificate {
  readonly certFile: string
  readonly keyFile: string
  readonly cert: string
  readonly key: string
}

export interface Authority extends Certificate {
  /** Signs a certificate for `localhost` and 127.0.0.1, or for other names. */
  issue(options?: IssueOptions): Certificate
}

export interface IssueOptions {
  /** As openssl takes them. @default ['DNS:localhost', 'IP:127.0.0.1'] */
  readonly names?: readonly string[]
  /** A certificate whose time is over. */
  readonly expired?: boolean
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

/** A certificate authority of its own: what one issues, another does not accept. */
export function createAuthority(): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'cachetier-tls-'))
  removeAtExit(folder)
  const own = filesIn(folder, 'authority')
  openssl('req', '-x509', ...NEW_KEY, ...out(own), '-days', '2', '-subj', '/CN=test authority')
  let issued = 0
  return {
    ...read(own),
    issue: (options) => issue(folder, own, `issued-${++issued}`, options),
  }
}

interface Files {
  readonly certFile: string
  readonly keyFile: string
}

function issue(
  folder: string,
  signer: Files,
  name: string,
  options: IssueOptions = {},
): Certificate {
  const { names = ['DNS:localhost', 'IP:127.0.0.1'], expired = false } = options
  const files = filesIn(folder, name)
  const request = join(folder, `${name}.csr`)
  const extensions = join(folder, `${name}.ext`)
  writeFileSync(extensions, `subjectAltName=${names.join(',')}\n`)
  openssl('req', ...NEW_KEY, '-keyout', files.keyFile, '-out', request, '-subj', '/CN=test')
  const days = expired ? '-1' : '1'
  const signedBy = ['-CA', signer.certFile, '-CAkey', signer.keyFile, '-CAcreateserial']
  const written = ['-extfile', extensions, '-out', files.certFile]
  openssl('x509', '-req', '-in', request, ...signedBy, ...written, '-days', days)
  return read(files)
}

function filesIn(folder: string, name: string): Files {
  return { certFile: join(folder, `${name}.crt`), keyFile: join(folder, `${name}.key`) }
}

function out(files: Files): string[] {
  return ['-keyout', files.keyFile, '-out', files.certFile]
}

function read(files: Files): Certificate {
  const cert = readFileSync(files.certFile, 'utf8')
  return { ...files, cert, key: readFileSync(files.keyFile, 'utf8') }
}

function openssl(...args: readonly string[]): void {
  execFileSync(process.env.OPENSSL_BIN ?? 'openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] })
}
