import { useLivePages } from '../../renderers/platform';

/** Lets figures be saved as pages that run. What makes them is loaded with the first one. */
useLivePages((figure, path, options) => {
  const { explorerPage }: typeof import('./explorer-page') = require('./explorer-page');
  return explorerPage(figure, path, options);
});
