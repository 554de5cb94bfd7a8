import { findKernel } from './notebook/kernelspec';

interface Finding {
  what: string;
  found: string;
  /** What to do when it is missing. */
  advice?: string;
}

const PACKAGES = [
  'tslab',
  '@tslab/typescript-for-tslab',
  '@tensorflow/tfjs-core',
  'vega',
  'vega-lite',
  'canvas',
  'zeromq',
];

/**
 * `convlens doctor`: what is installed, which TensorFlow runs, and what to do about what is missing.
 *
 * @returns the exit code: 0 when the tutorial can run, 1 when something it needs is missing
 */
export async function doctorCommand({ json = false }: { json?: boolean } = {}): Promise<number> {
  const findings: Finding[] = [
    { what: 'convlens', found: require('../../package.json').version },
    { what: 'Node', found: process.version.slice(1) },
    ...PACKAGES.map(version),
    ...(await tensorflow()),
    drawing(),
    ...['tslab', 'convlens'].map(kernel),
  ];
  if (json) console.log(JSON.stringify(findings, null, 2));
  else
    for (const { what, found, advice } of findings)
      console.log(`${what.padEnd(30)}${found}${advice ? `\n  → ${advice}` : ''}`);
  return findings.some(({ found }) => found.startsWith('missing')) ? 1 : 0;
}

function version(name: string): Finding {
  try {
    return { what: name, found: require(`${name}/package.json`).version };
  } catch {
    return { what: name, found: 'missing', advice: 'npm install' };
  }
}

async function tensorflow(): Promise<Finding[]> {
  const { ready } = await import('./backend.js');
  const advice = 'npx convlens setup --force';
  try {
    const { name } = await ready();
    const running = { what: 'TensorFlow', found: name };
    return name === 'native' ? [running] : [{ ...running, found: `${name} (native does not load)`, advice }];
  } catch (error) {
    return [{ what: 'TensorFlow', found: `missing: ${(error as Error).message}`, advice }];
  }
}

function drawing(): Finding {
  try {
    require('../renderers/png');
    return { what: 'drawing (canvas)', found: 'works' };
  } catch (error) {
    return {
      what: 'drawing (canvas)',
      found: `missing: ${(error as Error).message.split('\n')[0]}`,
      advice: 'npx convlens setup',
    };
  }
}

function kernel(name: string): Finding {
  try {
    return { what: `kernel ${name}`, found: findKernel(name).argv.join(' ') };
  } catch (error) {
    return { what: `kernel ${name}`, found: `missing: ${(error as Error).message}`, advice: 'npm install' };
  }
}
