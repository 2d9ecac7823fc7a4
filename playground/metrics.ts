const PREFIX = 'msteams_connect_';

/**
 * The value of a metric of the sidecar at `url`, added up over all samples that have these labels; 0 without any. `name` is without
 * the prefix `msteams_connect_`.
 */
export async function readMetric(url: string, name: string, labels: Record<string, string> = {}): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${PREFIX}${name}{`) || line.startsWith(`${PREFIX}${name} `))
    .filter((line) => wanted.every((label) => line.includes(label)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
