import { cpSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Copies what the TypeScript compiler leaves out (stylesheets, pictures) from `sidecar/src` to the same places in `sidecar/dist`. */
const folder = (name: string) => fileURLToPath(new URL(`../sidecar/${name}`, import.meta.url));

cpSync(folder('src'), folder('dist'), {
  recursive: true,
  filter: (path) => statSync(path).isDirectory() || !path.endsWith('.ts'),
});
