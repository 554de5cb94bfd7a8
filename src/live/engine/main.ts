import { zlibSync } from 'fflate';
import { usePlatform } from '../../../renderers/platform';
import { explorerEngine } from './explorer';
import { notebookEngine } from './notebook';
import { serve } from './serve';
import { trialEngine } from './try-model';

/**
 * The script of a live page's worker. It computes; it knows neither the page nor a network. scripts/build.mjs makes
 * dist/live/engine.js of it.
 */

usePlatform({ deflate: (bytes) => zlibSync(bytes, { level: 6 }) });
serve({ ...explorerEngine(), ...notebookEngine(), ...trialEngine() } as never);
