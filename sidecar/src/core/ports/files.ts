/** A picture ready for upload. `name` has the extension that fits its bytes. */
export interface Picture {
  bytes: Uint8Array;
  contentType: string;
  name: string;
}

/** A file that is still being read; `size` in bytes is exact. */
export interface OpenFile {
  name: string;
  size: number;
  body: AsyncIterable<Uint8Array>;
}
