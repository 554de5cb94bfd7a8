import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Content, PROTOCOL_VERSION } from '../jupyter/wire';

const { version } = JSON.parse(readFileSync(join(__dirname, '..', '..', '..', 'package.json'), 'utf8'));

const TYPESCRIPT: string = require('typescript-7/package.json').version;

/** The content of a kernel_info_reply. */
export function kernelInfo(): Content {
  return {
    status: 'ok',
    protocol_version: PROTOCOL_VERSION,
    implementation: 'convlens',
    implementation_version: version,
    language_info: {
      name: 'typescript',
      version: TYPESCRIPT,
      mimetype: 'text/typescript',
      file_extension: '.ts',
      // Without it JupyterLab colours TypeScript as plain JavaScript.
      codemirror_mode: { mode: 'typescript', name: 'javascript', typescript: true },
    },
    banner: `convlens ${version}: TypeScript ${TYPESCRIPT} on tslab's engine, Node ${process.version}`,
    help_links: [{ text: 'TypeScript', url: 'https://www.typescriptlang.org/docs/' }],
    debugger: false,
    // Neither a debugger nor subshells: one engine runs one cell at a time.
    supported_features: [],
  };
}
