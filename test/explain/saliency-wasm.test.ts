process.env['CONVLENS_BACKEND'] = 'wasm';
require('./saliency.test');
