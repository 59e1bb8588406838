declare module 'cluster-key-slot' {
  /** The slot of a key, from 0 to 16 383; only what its hash tag contains counts. */
  // biome-ignore lint/style/noDefaultExport: that is what the package has.
  export default function calculateSlot(key: string): number
}
