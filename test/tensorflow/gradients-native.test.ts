process.env['CONVLENS_BACKEND'] = 'native';
require('./gradients.test');
