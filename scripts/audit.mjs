/**
 * Asks the registry for known vulnerabilities of the installed packages: `npm run audit`. Fails on each finding of high
 * severity or above that docs/dependencies.md does not explain by its number, and reports a registry without an answer.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const explained = readFileSync(new URL('../docs/dependencies.md', import.meta.url), 'utf8');
const SEVERE = ['high', 'critical'];

const { stdout } = spawnSync('npm', ['audit', '--json'], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 1e8,
  shell: process.platform === 'win32',
});
const report = JSON.parse(stdout || '{}');
if (report.vulnerabilities === undefined) {
  console.error(
    `nothing was checked: the registry does not answer npm audit (${report.message ?? 'no report'})`,
  );
  process.exitCode = 1;
} else {
  // npm lists a finding as an object at the affected package, and as a name at packages that depend on it.
  const findings = Object.values(report.vulnerabilities).flatMap(({ name, via }) =>
    via
      .filter((each) => typeof each === 'object')
      .map(({ severity, title, url }) => ({ name, severity, title, url })),
  );
  const open = findings.filter(
    ({ severity, url }) => SEVERE.includes(severity) && !explained.includes(url.split('/').at(-1)),
  );
  for (const { name, severity, title, url } of findings)
    console.log(`${severity.padEnd(9)} ${name}: ${title} ${url}`);
  console.log(
    `${findings.length} findings, ${open.length} of them high and not explained in docs/dependencies.md`,
  );
  process.exitCode = open.length ? 1 : 0;
}
