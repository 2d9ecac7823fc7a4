#!/usr/bin/env node
// An older Node would end with a riddle about a missing module, so the version is looked at before anything is loaded.
const [major] = process.versions.node.split('.').map(Number);
if (major < 24) {
  process.stderr.write(
    `msteams-connect needs Node 24 or newer; this is ${process.version}. Install it from https://nodejs.org.\n`,
  );
  process.exit(1);
}
await import('../dist/main.js');
