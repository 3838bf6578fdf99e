// One role in one queue for each of some principals.

param accountName string
param queueName string
param role string
param principalIds array

@description('Empty where it is not known: a person, a group or a program')
param principalType string

var definitions = loadJsonContent('../roles.json').definitions

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: accountName
}

resource queues 'Microsoft.Storage/storageAccounts/queueServices@2024-01-01' existing = {
  parent: account
  name: 'default'
}

resource queue 'Microsoft.Storage/storageAccounts/queueServices/queues@2024-01-01' existing = {
  parent: queues
  name: queueName
}

resource grants 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for principalId in principalIds: {
  name: guid(queue.id, principalId, role)
  scope: queue
  properties: {
    principalId: principalId
    principalType: empty(principalType) ? null : principalType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', definitions[role].id)
  }
}]
