import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/**
 * Installs Chromium for the browser journeys from the Debian package when it is missing and the user is root; otherwise says what to do.
 * `CHROMIUM` is the path of another browser.
 */
const path = process.env.CHROMIUM ?? '/usr/bin/chromium';

if (!existsSync(path) && !install()) {
  console.error(
    `The browser tests need Chromium. Install it (Debian: apt-get install chromium) or set CHROMIUM to its path.`,
  );
  process.exitCode = 1;
}

function install(): boolean {
  if (process.env.CHROMIUM !== undefined || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return false;
  console.log('Installing Chromium from the Debian package …');
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args: string[]) =>
    spawnSync('apt-get', args, { env: environment, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
  const command = ['install', '-y', '--no-install-recommends', 'chromium', 'fonts-noto-color-emoji', 'fonts-open-sans'];
  return (apt(...command) || (apt('update') && apt(...command))) && existsSync(path);
}
