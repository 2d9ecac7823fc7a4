/** The long run of the generated messages, by hand: `node tests/sidecar/notify/fuzz.ts [runs] [seed]`. */
import { fuzz } from './fuzz-cases.ts';

const [runs = '200000', given] = process.argv.slice(2);
const seed = Number(given ?? Date.now() % 2 ** 31);
const started = performance.now();
fuzz(Number(runs), seed);
console.log(`${runs} messages, seed ${seed}, ${Math.round((performance.now() - started) / 1_000)} s: no failure`);
