import type { Verdict } from './verify.ts';

/** Whether every promise was kept. */
export function isFlawless({ expected, found, missing, doubled, outOfOrder, stale, readable }: Verdict): boolean {
  return expected > 0 && found === expected && missing + doubled + outOfOrder + stale + readable === 0;
}

/** The lines a run ends with; the last one is the result. */
export function summary(verdict: Verdict, seed: number): string[] {
  const { expected, found, missing, doubled, outOfOrder, stale, readable, folded, details } = verdict;
  return [
    ...details,
    `seed ${seed}; folded into an earlier post ${folded}; edited but stale ${stale}; deleted but readable ${readable}`,
    `posts expected ${expected}, found ${found}, missing ${missing}, doubled ${doubled}, out of order ${outOfOrder}`,
  ];
}
