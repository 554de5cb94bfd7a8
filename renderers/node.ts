import { deflateSync } from 'node:zlib';
import { type Platform, usePlatform } from './platform';

/** Node's platform. canvas and Vega are loaded with the first figure that is drawn, not with convlens. */
usePlatform({
  // Level 6 takes a fifth of level 9's time, for 1 % more bytes; zlib a fifth of the time of fflate.
  deflate: (bytes) => deflateSync(bytes, { level: 6, memLevel: 9 }),
  specPng: (...drawing: Parameters<NonNullable<Platform['specPng']>>) => {
    const { specPng }: typeof import('./png/draw') = require('./png/draw');
    return specPng(...drawing);
  },
  saveFigure: (figure, path, options) => {
    const { saveFigure }: typeof import('./save') = require('./save');
    return saveFigure(figure, path, options);
  },
});
