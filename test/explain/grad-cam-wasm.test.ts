process.env['CONVLENS_BACKEND'] = 'wasm';
require('./grad-cam.test');
