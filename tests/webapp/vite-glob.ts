import { globSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Does what Vite does while building: `import.meta.glob(pattern, { eager: true, import: 'default' })` becomes the default exports of
 * the matching JSON files, by path. Loaded before the tests of the webapp, which run its sources without a build.
 * Source: https://vite.dev/guide/features#glob-import
 */
const GLOB = /import\.meta\.glob(?:<[^(]*>)?\(\s*(['"])(.+?)\1[^)]*\)/g;

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.includes('/webapp/src/') || !/\.tsx?(?:\?|$)/.test(url) || !loaded.source) return loaded;
    const folder = dirname(fileURLToPath(url));
    const source = String(loaded.source);
    if (!source.includes('import.meta.glob')) return loaded;
    const imports: string[] = [];
    const text = source.replace(GLOB, (_call, _quote, pattern: string) => {
      const entries = globSync(pattern, { cwd: folder }).map((file) => {
        const name = `globbed${imports.length}`;
        const path = `./${file.replace(/^\.\//, '')}`;
        imports.push(`import ${name} from ${JSON.stringify(path)} with { type: 'json' };`);
        return `${JSON.stringify(path)}: ${name}`;
      });
      return `({ ${entries.join(', ')} })`;
    });
    return { ...loaded, source: `${imports.join(' ')} ${text}` };
  },
});
