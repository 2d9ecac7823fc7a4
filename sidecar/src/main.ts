#!/usr/bin/env node
import { createProgram } from './cli/program.ts';
import { toAppError } from './core/errors.ts';

try {
  await createProgram().parseAsync();
} catch (error) {
  const { code, message, remedy, cause } = toAppError(error);
  console.error(message);
  if (remedy) console.error(remedy);
  if (code === 'internal' && cause instanceof Error) console.error(cause.stack);
  process.exitCode = 1;
}
