// What the host account holds besides what the host makes for itself: the package, and events that found no way.

param accountName string
param token string
param packageContainer string
param deadLetterContainer string
param appPrincipalId string
param topicPrincipalId string

var roles = loadJsonContent('../roles.json')

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: accountName
}

resource blobService 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' existing = {
  parent: account
  name: 'default'
}

resource package 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = {
  parent: blobService
  name: packageContainer
  properties: {
    publicAccess: 'None'
  }
}

resource deadLetters 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = {
  parent: blobService
  name: deadLetterContainer
  properties: {
    publicAccess: 'None'
  }
}

resource grants 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for grant in roles.assignments.host.account: {
  name: guid(account.id, appPrincipalId, grant.role)
  scope: account
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.definitions[grant.role].id)
  }
}]

module deadLetterGrants 'container-grants.bicep' = {
  name: 'grants-dead-letters-${token}'
  params: {
    accountName: accountName
    containerName: deadLetterContainer
    grants: roles.assignments.host.containers.deadLetters
    principals: {
      topic: [
        topicPrincipalId
      ]
    }
  }
  dependsOn: [
    deadLetters
  ]
}

output deadLetterContainerId string = deadLetters.id
output packageContainerId string = package.id
