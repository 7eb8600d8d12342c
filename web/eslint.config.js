import js from '@eslint/js'
import vue from 'eslint-plugin-vue'
import globals from 'globals'
import ts from 'typescript-eslint'

const message = 'Keys of an input method are its own: listen through onKeys of shared/inputMethod, in a const named …Keys.'
const rawKeys = {
  script: [
    { selector: "CallExpression[callee.property.name='addEventListener'][arguments.0.value=/^key/]:not([arguments.1.name=/Keys$/])", message },
    { selector: "VariableDeclarator[id.name=/Keys$/] > ArrowFunctionExpression", message },
    { selector: "AssignmentExpression[left.property.name=/^onkey/]", message },
  ],
  template: [
    { selector: "VDirectiveKey[name.name='on'][argument.name=/^key/][modifiers.length>0]", message },
    { selector: "VAttribute[directive=true][key.name.name='on'][key.argument.name=/^key/][value.expression.type!='Identifier']", message },
    { selector: "VAttribute[directive=true][key.name.name='on'][key.argument.name=/^key/][value.expression.name!=/Keys$/]", message },
  ],
}

export default ts.config(
  { ignores: ['dist/', 'node_modules/', 'src/components.d.ts', 'src/api/schema.ts'] },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...vue.configs['flat/recommended'],
  {
    files: ['**/*.{ts,vue}'],
    languageOptions: {
      globals: globals.browser,
      parserOptions: { parser: ts.parser },
    },
    rules: { 'no-undef': 'off' },
  },
  { files: ['dev/**', '*.js'], languageOptions: { globals: globals.node } },
  {
    files: ['src/**/*.{ts,vue}'],
    rules: {
      'no-console': 'error',
      eqeqeq: 'error',
      'max-lines': ['error', { max: 249 }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-restricted-globals': ['error', { name: 'fetch', message: 'Only src/api talks to the server.' }],
      'vue/multi-word-component-names': 'off',
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': ['error', { html: { void: 'always' } }],
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/no-v-html': 'error',
      'no-restricted-syntax': ['error', ...rawKeys.script],
      'vue/no-restricted-syntax': ['error', ...rawKeys.template],
    },
  },
  { files: ['src/api/**/*.ts'], rules: { 'no-restricted-globals': 'off' } },
)
