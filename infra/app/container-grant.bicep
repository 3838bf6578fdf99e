// One role in one container for each of some principals.

param accountName string
param containerName string
param role string
param principalIds array

@description('Empty where it is not known: a person, a group or a program')
param principalType string

param writerRoleId string

var definitions = loadJsonContent('../roles.json').definitions

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: accountName
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' existing = {
  parent: account
  name: 'default'
}

resource container 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' existing = {
  parent: blobs
  name: containerName
}

resource grants 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for principalId in principalIds: {
  name: guid(container.id, principalId, role)
  scope: container
  properties: {
    principalId: principalId
    principalType: empty(principalType) ? null : principalType
    roleDefinitionId: role == 'Rosterdrop Writer' ? writerRoleId : subscriptionResourceId('Microsoft.Authorization/roleDefinitions', definitions[role].id)
  }
}]
