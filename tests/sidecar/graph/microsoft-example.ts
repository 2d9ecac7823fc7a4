import { readFileSync } from 'node:fs';

/** Reads one of Microsoft's own examples; every file names the page it stands on. */
export function fixture(name: string): { source: string; body: unknown; claims: Record<string, unknown> } {
  return JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), 'utf8'));
}
