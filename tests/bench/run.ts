import { parseArgs } from 'node:util';
import type { Context } from './context.ts';
import { databaseKinds } from './database.ts';
import { createCalibration, printTable, type Row, writeReport } from './report.ts';
import { backlogRows } from './rows/backlog.ts';
import { conversionRows } from './rows/conversion.ts';
import { deliveryRows } from './rows/delivery.ts';
import { intakeRows } from './rows/intake.ts';
import { pluginRows } from './rows/plugin.ts';
import { processRows } from './rows/process.ts';
import { scaleRows } from './rows/scale.ts';

/**
 * Measures the sidecar and the plugin; every figure beside what it is compared with, measured in the same run.
 * `--only intake,delivery` chooses groups, `--quick` takes fewer rounds, `--database sqlite` leaves PostgreSQL out,
 * `--profile` shows where the delivering sidecar spent its time, `--json file` says where the result goes. Exit status 1 when a target
 * was missed and `--strict` was given.
 */
const GROUPS: Record<string, (context: Context) => Promise<Row[]>> = {
  intake: intakeRows,
  delivery: deliveryRows,
  scale: scaleRows,
  backlog: backlogRows,
  process: processRows,
  plugin: pluginRows,
  conversion: conversionRows,
};

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    strict: { type: 'boolean', default: false },
    database: { type: 'string' },
    profile: { type: 'boolean', default: false },
    json: { type: 'string', default: 'dist/bench.json' },
  },
});

const wanted = values.only?.split(',') ?? Object.keys(GROUPS);
const unknown = wanted.filter((name) => !(name in GROUPS));
if (unknown.length > 0) {
  console.error(`There is no group ${unknown.join(', ')}. Groups: ${Object.keys(GROUPS).join(', ')}.`);
  process.exit(2);
}

const found = await databaseKinds();
const kinds = found.filter((kind) => values.database === undefined || kind === values.database);
if (!found.includes('postgres')) console.error('No PostgreSQL answers: its rows are left out.');
const calibration = createCalibration();
const rows: Row[] = [];
for (const name of wanted) {
  calibration.sample();
  const started = performance.now();
  rows.push(...((await GROUPS[name]?.({ quick: values.quick, profile: values.profile, kinds })) ?? []));
  console.error(`${name}: ${((performance.now() - started) / 1000).toFixed(0)} s`);
}
calibration.sample();

const noise = calibration.noise();
printTable(rows, noise);
writeReport(values.json, rows, noise);
console.log(`Written to ${values.json}.`);
if (values.strict && rows.some(({ holds }) => holds === false)) process.exitCode = 1;
