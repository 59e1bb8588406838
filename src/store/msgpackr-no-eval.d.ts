/** The build of msgpackr that compiles no code comes without types; they are those of the other. */
declare module 'msgpackr/index-no-eval' {
  export { Packr } from 'msgpackr'
}
