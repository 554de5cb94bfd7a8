import { runOnZeros } from '../../keras/run/run-on-zeros';
import { startPageTensorFlow } from '../../tensorflow/page';
import type { TrialCalls } from '../explorer-messages';
import { unpackModel } from '../model/unpack-model';

/** The worker that tries a model before a page is written. */
export function trialEngine(): TrialCalls {
  return {
    async tryModel({ wasm, model }) {
      await startPageTensorFlow(wasm);
      runOnZeros(await unpackModel('the model', model));
    },
  };
}
